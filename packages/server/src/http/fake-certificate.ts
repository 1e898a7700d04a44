import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

/** Files of a certificate for this machine that nobody has signed, and of a key that is not its own. */
export type FakeCertificate = {
  readonly folder: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly otherKeyFile: string;
  /** What a client must trust. */
  readonly ca: Buffer;
};

/** Made by openssl; undefined if that is missing, upon which the test is skipped. */
export function fakeCertificate(t: TestContext): FakeCertificate | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "plotcast-tls-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => path.join(folder, name);
  const [certFile, keyFile, otherKeyFile] = [file("cert.pem"), file("key.pem"), file("other.pem")];
  const newKey = ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out"];
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  try {
    for (const name of [keyFile, otherKeyFile]) run([...newKey, name]);
    run([
      ...["req", "-new", "-x509", "-key", keyFile, "-out", certFile, "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", names],
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    t.skip("openssl is not installed");
    return undefined;
  }
  return { folder, certFile, keyFile, otherKeyFile, ca: readFileSync(certFile) };
}

function run(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}
