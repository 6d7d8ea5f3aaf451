/** The few icons, drawn on a 16 by 16 grid. */

const PATHS = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  panel: "M2.5 3h11v10h-11zM10 3v10",
  keypad: "M2.5 4h11v8h-11zM5 6.6h.01M8 6.6h.01M11 6.6h.01M5.5 9.5h5",
  sun: "M8 5.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1",
  moon: "M13.2 9.6A5.6 5.6 0 016.4 2.8a5.6 5.6 0 106.8 6.8z",
  auto: "M8 2.2a5.8 5.8 0 100 11.6zM8 2.2a5.8 5.8 0 010 11.6",
  play: "M5 3.2l8 4.8-8 4.8z",
  pause: "M5.2 3.5v9M10.8 3.5v9",
  stop: "M4 4h8v8H4z",
  retry: "M13 8a5 5 0 11-1.6-3.7M13 2.5v3h-3",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
  back: "M9.8 3.2L5 8l4.8 4.8",
  forward: "M6.2 3.2L11 8l-4.8 4.8",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 100 4 2 2 0 000-4z",
  macro: "M2.5 4h6M2.5 8h4M2.5 12h4M9.5 7.5l4 2.5-4 2.5z",
  check: "M3.2 8.6l3.2 3.2 6.4-7.4",
  gear: "M8 5.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4zM8 1.8v1.7M8 12.5v1.7M1.8 8h1.7M12.5 8h1.7M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M3.6 12.4l1.2-1.2M11.2 4.8l1.2-1.2",
  help: "M6 6.2a2 2 0 113 1.8c-.7.4-1 .8-1 1.6M8 12.1h.01M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z",
  split: "M2.5 3h11v10h-11zM8 3v10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  history: "M3 8a5 5 0 105-5 5 5 0 00-4 2M3.2 2.6V5.2h2.6M8 5.5V8l2 1.4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  upload: "M8 10V2.5M4.8 5.5L8 2.3l3.2 3.2M3 13h10",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
