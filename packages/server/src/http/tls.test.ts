import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fakeCertificate } from "./fake-certificate.ts";
import { readTls } from "./tls.ts";

test("tls: a certificate and its key are read", async (t) => {
  const files = fakeCertificate(t);
  if (!files) return;
  const { cert, key } = await readTls(files);
  assert.deepEqual(cert, files.ca);
  assert.match(key.toString(), /PRIVATE KEY/);
});

test("tls: files that will not do are refused with the reason", async (t) => {
  const files = fakeCertificate(t);
  if (!files) return;
  const { folder, certFile, keyFile, otherKeyFile } = files;
  const refuses = async (change: Partial<typeof files>, message: string) => {
    await assert.rejects(readTls({ ...files, ...change }), { code: "bad-input", message });
  };
  const missing = path.join(folder, "missing.pem");
  await refuses({ certFile: missing }, `cannot read ${missing}: there is no such file`);
  await refuses({ keyFile: missing }, `cannot read ${missing}: there is no such file`);
  await refuses({ keyFile: folder }, `cannot read ${folder}: it is a folder`);
  const none = "it holds none; a PEM file begins with -----BEGIN";
  const text = path.join(folder, "text.pem");
  writeFileSync(text, "hello");
  await refuses({ certFile: text }, `cannot use ${text} as certificate: ${none}`);
  await refuses({ keyFile: text }, `cannot use ${text} as key: ${none}`);
  await refuses(
    { certFile: keyFile, keyFile: certFile },
    `cannot use ${keyFile} as certificate: ${none}`,
  );
  await refuses({ keyFile: certFile }, `cannot use ${certFile} as key: ${none}`);
  await refuses(
    { keyFile: otherKeyFile },
    `cannot use ${otherKeyFile} as key: it is not the one that ${certFile} was made with`,
  );
  const locked = path.join(folder, "locked.pem");
  const lock = ["ec", "-in", keyFile, "-aes128", "-passout", "pass:x", "-out", locked];
  execFileSync("openssl", lock, { stdio: "pipe" });
  const why = "it takes a passphrase; save it without one";
  await refuses({ keyFile: locked }, `cannot use ${locked} as key: ${why}`);
});
