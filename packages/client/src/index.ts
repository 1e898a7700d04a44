export type { Change, Guess, NoticeCode, SeriesColumns, Status } from "./change.ts";
export { defaultEnvironment, type Environment } from "./environment.ts";
export { type Following, type FollowOptions, follow, type Selected } from "./follow.ts";
export { followShared, isOurs } from "./follow-shared.ts";
export type { PlainOptions, TimeFormat } from "./plain-options.ts";
export type { Channel, Tabs } from "./tabs.ts";
