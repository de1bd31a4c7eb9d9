// Builds every `src/*.ts` into `../static/build/{name}.js`, the parts that several share into
// `parts/`. What lies in `src/shared` is for entries to import and has no address of its own.

import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "static", "build");

// Runs before the page is drawn, so it is no module.
const CLASSIC = ["theme.ts"];

const entries = readdirSync(source).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
const common = {
  bundle: true,
  minify: true,
  target: ["es2022"],
  outdir: target,
  legalComments: "linked",
  logLevel: "warning",
};

rmSync(target, { recursive: true, force: true });
await build({
  ...common,
  format: "iife",
  entryPoints: CLASSIC.map((name) => join(source, name)),
});
await build({
  ...common,
  format: "esm",
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
  entryPoints: entries.filter((name) => !CLASSIC.includes(name)).map((name) => join(source, name)),
});
