/** Milliseconds that clocks in a zone are ahead of UTC at an instant. */
export type Zone = (time: number) => number;

/** The zone of this machine. */
export const localZone: Zone = (time) => -new Date(time).getTimezoneOffset() * 60_000;
