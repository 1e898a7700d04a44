import { testLog } from "./log-contract.ts";
import { openMemoryLog } from "./memory-log.ts";

testLog("memory log", async (options) => openMemoryLog(options));
