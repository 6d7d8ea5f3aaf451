/** The panel beside the terminal: start a run, follow it, read its results. */

export default function Panel() {
  return <p class="quiet pad">ASTs</p>;
}
