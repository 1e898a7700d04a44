/** The distance of ticks: `times / over`. Of two integers, so that its multiples are exact. */
export type Step = { readonly times: number; readonly over: number };

/** Which numbers are round where people count: by tens, by twos, or as clocks do. */
export type Round = {
  /** Round steps, ascending. The first is not larger than `rough`. */
  readonly steps: (rough: number) => Iterable<Step>;
  /** Of a logarithmic axis. */
  readonly base: 10 | 2;
};

// Exponents begin below the smallest float: from minus infinity one would never arrive.
const mantissas = [1, 2, 2.5, 5];

/** 1, 2, 2.5 and 5 of each power of ten. */
export const decimal: Round = {
  *steps(rough) {
    for (let exponent = Math.max(-330, Math.floor(Math.log10(rough))); ; exponent++) {
      for (const mantissa of mantissas) yield scaled(mantissa, exponent);
    }
  },
  base: 10,
};

// Dividing by a power of ten gives the nearest float; multiplying by a negative one does not.
function scaled(mantissa: number, exponent: number): Step {
  return exponent < 0
    ? { times: mantissa, over: 10 ** -exponent }
    : { times: mantissa * 10 ** exponent, over: 1 };
}
