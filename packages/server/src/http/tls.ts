import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { PlotcastError } from "@plotcast/protocol";

/** Files in PEM: the certificate, with those between it and the root, and its private key. */
export type TlsFiles = { readonly certFile: string; readonly keyFile: string };

export type Tls = { readonly cert: Buffer; readonly key: Buffer };

/** Reads what HTTPS takes. Rejects with `bad-input` that names the file that will not do. */
export async function readTls({ certFile, keyFile }: TlsFiles): Promise<Tls> {
  const [cert, key] = [await read(certFile), await read(keyFile)];
  const certificate = attempt(
    () => new X509Certificate(cert),
    () => cannotUse(certFile, "certificate", "it holds none; a PEM file begins with -----BEGIN"),
  );
  const privateKey = attempt(
    () => createPrivateKey(key),
    () =>
      key.includes("ENCRYPTED")
        ? cannotUse(keyFile, "key", "it takes a passphrase; save it without one")
        : cannotUse(keyFile, "key", "it holds none; a PEM file begins with -----BEGIN"),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw cannotUse(keyFile, "key", `it is not the one that ${certFile} was made with`);
  }
  attempt(
    () => createSecureContext({ cert, key }),
    ({ message }) => cannotUse(certFile, "certificate", message),
  );
  return { cert, key };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it is not allowed",
};

async function read(file: string): Promise<Buffer> {
  return await readFile(file).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new PlotcastError("bad-input", `cannot read ${file}: ${reasons[code ?? ""] ?? message}`);
  });
}

function attempt<T>(work: () => T, failure: (error: NodeJS.ErrnoException) => PlotcastError): T {
  try {
    return work();
  } catch (error) {
    throw failure(error as NodeJS.ErrnoException);
  }
}

function cannotUse(file: string, as: string, why: string): PlotcastError {
  return new PlotcastError("bad-input", `cannot use ${file} as ${as}: ${why}`);
}
