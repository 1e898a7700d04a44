/** Limits that sender, server and viewer must agree on. Each protects the memory of all three. */

/** A name is repeated in legends, tables and URLs; nothing readable is longer. */
export const maxNameLength = 200;
/** Labels multiply series: each distinct set of values is a series of its own. */
export const maxLabels = 16;
export const maxLabelNameLength = 64;
export const maxLabelValueLength = 200;
/** One request selects with at most this many selectors, so that matching a new series stays cheap. */
export const maxSelectors = 64;
