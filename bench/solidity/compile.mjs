// Compiles Token.sol for the EVM (solc) and for PolkaVM (resolc); prints { evm, pvm, versions } as JSON.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import solc from "solc";
import { compile } from "@parity/resolc";

const here = dirname(fileURLToPath(import.meta.url));

const readSource = (path) =>
  readFileSync(path.startsWith("@") ? join(here, "node_modules", path) : join(here, path), "utf8");
const versionOf = (name) => JSON.parse(readSource(join("node_modules", name, "package.json"))).version;

// resolc wants every source up front: follow the imports.
const sources = {};
const collect = (path) => {
  if (sources[path]) return;
  const content = readSource(path);
  sources[path] = { content };
  for (const [, imported] of content.matchAll(/^import\s[^"']*["']([^"']+)["'];/gm)) {
    collect(imported.startsWith(".") ? join(dirname(path), imported) : imported);
  }
};
collect("Token.sol");

const failOnErrors = (errors = []) => {
  const fatal = errors.filter((error) => error.severity === "error");
  if (fatal.length > 0) throw new Error(fatal.map((error) => error.formattedMessage ?? error.message).join("\n"));
};

const input = {
  language: "Solidity",
  sources,
  settings: {
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.deployedBytecode.object"] } },
  },
};
const evm = JSON.parse(solc.compile(JSON.stringify(input)));
failOnErrors(evm.errors);
const pvm = await compile(sources, { optimizer: { mode: "3", enabled: true } });
failOnErrors(pvm.errors);

const token = (output) => output.contracts["Token.sol"].Token;
process.stdout.write(
  JSON.stringify({
    evm: token(evm).evm.bytecode.object,
    evm_deployed_bytes: token(evm).evm.deployedBytecode.object.length / 2,
    pvm: token(pvm).evm.bytecode.object,
    versions: {
      solc: solc.version(),
      resolc: versionOf("@parity/resolc"),
      openzeppelin: versionOf("@openzeppelin/contracts"),
    },
  }),
);
