/** What must be known of the page to draw: how large, and whether anyone can see it. */
export type Observed = {
  setSize(width: number, height: number, ratio: number): void;
  setVisible(visible: boolean): void;
  /** The page is about to be printed. */
  drawNow(): void;
};

/** Tells `observed` the size of `box` in whole device pixels, and whether it is on screen. */
export function observe(box: Element, observed: Observed, signal: AbortSignal): void {
  const sizes = new ResizeObserver((entries) => {
    const entry = entries.at(-1)!;
    const ratio = devicePixelRatio;
    const exact = entry.devicePixelContentBoxSize?.[0];
    const { width, height } = entry.contentRect;
    observed.setSize(
      wholePixels(exact?.inlineSize, width * ratio),
      wholePixels(exact?.blockSize, height * ratio),
      ratio,
    );
  });
  try {
    // Also when the page is zoomed and the size in CSS pixels stays the same.
    sizes.observe(box, { box: "device-pixel-content-box" });
  } catch {
    sizes.observe(box); // Safari
  }
  // Drawn a little before it is scrolled into view, so that nobody sees it empty.
  const sight = new IntersectionObserver(
    (entries) => observed.setVisible(entries.at(-1)!.isIntersecting),
    { rootMargin: "200px" },
  );
  sight.observe(box);
  addEventListener("beforeprint", () => observed.drawNow(), { signal });
  signal.addEventListener(
    "abort",
    () => {
      sizes.disconnect();
      sight.disconnect();
    },
    { once: true },
  );
}

// Browsers that pretend to have another screen tell the real one's pixels: those are not ours.
function wholePixels(exact: number | undefined, computed: number): number {
  return exact !== undefined && Math.abs(exact - computed) < 2 ? exact : Math.round(computed);
}
