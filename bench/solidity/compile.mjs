// Compiles the contracts that ours are measured against, for the EVM (solc) and for PolkaVM (resolc), as for production,
// and writes one JSON document each to the folder that is named as the argument.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import solc from "solc";
import { compile, version as resolcVersion } from "@parity/resolc";

const CONTRACTS = ["Token", "Consent", "ClearConsent", "Evaluation", "Batches", "TypedData", "Escrow"];
// What costs least here, of solc with and without viaIR, for 200 and for 1,000,000 runs, and of resolc's -O3 and -Oz.
const EVM_SETTINGS = {
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  // Without it, the code ends with a hash of the sources, which nobody asks for here.
  metadata: { appendCBOR: false },
};
const POLKAVM_SETTINGS = { optimizer: { enabled: true, mode: "3" } };

const here = dirname(fileURLToPath(import.meta.url));
const [out] = process.argv.slice(2);
if (!out) throw new Error("name the folder to write to");

const read = (path) => readFileSync(path.startsWith("@") ? join(here, "node_modules", path) : join(here, path), "utf8");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

// As `sha256sum *.sol compile.mjs package-lock.json | sha256sum` has it, the names in the order of their bytes.
const inputs = readdirSync(here).filter((name) => /\.sol$|^compile\.mjs$|^package-lock\.json$/.test(name));
const sources_sha256 = sha256(
  inputs
    .sort()
    .map((name) => `${sha256(read(name))}  ${name}\n`)
    .join(""),
);

// resolc wants every source up front: follow the imports.
const collect = (path, sources = {}) => {
  if (sources[path]) return sources;
  const content = read(path);
  sources[path] = { content };
  for (const [, imported] of content.matchAll(/^import\s[^"']*["']([^"']+)["'];/gm)) {
    collect(imported.startsWith(".") ? join(dirname(path), imported) : imported, sources);
  }
  return sources;
};

const contractOf = (output, name) => {
  const fatal = (output.errors ?? []).filter((error) => error.severity === "error");
  if (fatal.length > 0) throw new Error(fatal.map((error) => error.formattedMessage ?? error.message).join("\n"));
  return output.contracts[`${name}.sol`][name].evm;
};

for (const name of CONTRACTS) {
  const sources = collect(`${name}.sol`);
  const settings = {
    ...EVM_SETTINGS,
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.deployedBytecode.object"] } },
  };
  const evm = contractOf(JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))), name);
  const polkavm = contractOf(await compile(sources, POLKAVM_SETTINGS), name);
  const compilers = { solc: solc.version(), resolc: resolcVersion().trim() };
  if (Object.keys(sources).some((path) => path.startsWith("@openzeppelin/"))) {
    compilers.openzeppelin = JSON.parse(read("@openzeppelin/contracts/package.json")).version;
  }
  const document = {
    schema_version: 1,
    contract: name,
    sources_sha256,
    compilers,
    settings: { evm: EVM_SETTINGS, polkavm: POLKAVM_SETTINGS },
    evm: { creation_code: evm.bytecode.object, deployed_bytes: evm.deployedBytecode.object.length / 2 },
    polkavm: { code: polkavm.bytecode.object },
  };
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
}
