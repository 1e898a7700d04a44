import assert from "node:assert/strict";
import { test } from "node:test";
import { patient } from "./patient.ts";

/** A question that is answered, and a time that passes, when the test says so. */
function slow() {
  const questions: PromiseWithResolvers<string>[] = [];
  const limits: { ms: number; pass: () => void; signal: AbortSignal }[] = [];
  const ask = patient(
    () => {
      const question = Promise.withResolvers<string>();
      questions.push(question);
      return question.promise;
    },
    800,
    (ms, signal) => new Promise<void>((pass) => limits.push({ ms, pass, signal })),
  );
  return { ask, questions, limits };
}

test("patient: however many ask, the question is put once and all have its answer", async () => {
  const { ask, questions, limits } = slow();
  const answers = Promise.all([ask(), ask(), ask()]);
  assert.equal(questions.length, 1);
  questions[0]?.resolve("yes");
  assert.deepEqual(await answers, ["yes", "yes", "yes"]);
  assert.ok(limits.every(({ ms, signal }) => ms === 800 && signal.aborted));
});

test("patient: an answer is for those who asked before it, not for ever", async () => {
  const { ask, questions } = slow();
  const first = ask();
  questions[0]?.resolve("one");
  assert.equal(await first, "one");
  const second = ask();
  questions[1]?.resolve("two");
  assert.equal(await second, "two");
});

test("patient: nobody waits for longer than the time, and the question stays the same", async () => {
  const { ask, questions, limits } = slow();
  const first = ask();
  limits[0]?.pass();
  assert.equal(await first, undefined);
  const second = ask();
  assert.equal(questions.length, 1);
  questions[0]?.resolve("at last");
  assert.equal(await second, "at last");
});

test("patient: a failure reaches those who wait, and is no accident when nobody does", async () => {
  const { ask, questions, limits } = slow();
  const gone = ask();
  limits[0]?.pass();
  await gone;
  const waits = ask();
  questions[0]?.reject(new Error("no"));
  await assert.rejects(waits, /no/);
  const alone = ask();
  limits[2]?.pass();
  await alone;
  questions[1]?.reject(new Error("unheard"));
  await new Promise((resolve) => setImmediate(resolve));
});
