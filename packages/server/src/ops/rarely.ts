// Often enough to be seen, and seldom enough not to fill a disk while somebody attacks.
const everyMs = 60_000;

/**
 * Tells of what happens again and again: at once, then once a minute for as long as it goes on, each
 * time with how often it has happened since it was last told.
 */
export function rarely(
  tell: (times: number) => void,
  now: () => number = () => performance.now(),
): () => void {
  let told = Number.NEGATIVE_INFINITY;
  let times = 0;
  return () => {
    times++;
    if (now() - told < everyMs) return;
    tell(times);
    told = now();
    times = 0;
  };
}
