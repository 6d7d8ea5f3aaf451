/** The few icons, drawn on a 16 by 16 grid. */

const PATHS = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  panel: "M2.5 3h11v10h-11zM10 3v10",
  keypad: "M2.5 4h11v8h-11zM5 6.6h.01M8 6.6h.01M11 6.6h.01M5.5 9.5h5",
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
  split: "M2.5 3h11v10h-11zM8 3v10",
  history: "M3 8a5 5 0 105-5 5 5 0 00-4 2M3.2 2.6V5.2h2.6M8 5.5V8l2 1.4",
  more: "M3 8a.5.5 0 101 0 .5.5 0 00-1 0M7.5 8a.5.5 0 101 0 .5.5 0 00-1 0M12 8a.5.5 0 101 0 .5.5 0 00-1 0",
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
