// Bundles the pages' scripts and styles into src/openrvr/static/dist: hashed names, .gz and .br beside each
// file, and manifest.json from the plain name to the hashed one.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "src", "openrvr");
const dist = join(source, "static", "dist");

// One line a page family. A page has one style and one script of its own, and nothing is shared at run time: her phone
// never waits for one script before it can ask for another.
const entryPoints = {
  "early.js": "consoles/phone/scripts/early.ts",
  "hello.js": "consoles/phone/scripts/hello.ts",
  "plain.js": "consoles/phone/scripts/plain.ts",
  "in_app.js": "consoles/phone/scripts/in_app.ts",
  "phone.js": "consoles/phone/scripts/phone.ts",
  "phone_chat.js": "consoles/phone/scripts/chat/sheet.ts",
  "phone_sending.js": "consoles/phone/scripts/sending/sheet.ts",
  "phone_statement.js": "consoles/phone/scripts/statement/sheet.ts",
  "guest.js": "consoles/guest/scripts/guest.ts",
  "console.js": "foundation/kit/scripts/console.ts",
  "control_room.js": "consoles/control_room/scripts/control_room.ts",
  "demo_phone.js": "consoles/demo/scripts/demo_phone.ts",
  "officer_desk.js": "consoles/officer_desk/scripts/officer_desk.ts",
  "player.js": "journey/evidence/scripts/player.ts",
  "supervisor.js": "consoles/supervisor/scripts/supervisor.ts",
  "phone.css": "foundation/kit/styles/phone.scss",
  "console.css": "foundation/kit/styles/console.scss",
  "demo.css": "consoles/demo/styles/demo.scss",
  "officer_desk.css": "consoles/officer_desk/styles/officer_desk.scss",
  "control_room.css": "consoles/control_room/styles/control_room.scss",
  "player.css": "journey/evidence/styles/player.scss",
  "icon.svg": "foundation/kit/icons/icon.svg",
};

// What a page fetches when it is first needed: it leaves its exports in a variable of the window's (written_in.ts).
const fetchedLater = new Set([
  "consoles/phone/scripts/chat/sheet.ts",
  "consoles/phone/scripts/sending/sheet.ts",
  "consoles/phone/scripts/statement/sheet.ts",
]);

// Phones five years old and more: a victim does not choose her handset for our sake.
const browsers = ["es2020", "chrome80", "firefox78", "safari14"];

async function bundleScript(entry) {
  const result = await esbuild.build({
    entryPoints: [join(source, entry)],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    ...(fetchedLater.has(entry) && { globalName: "fetchedLater" }),
    target: browsers,
    // Old Safari's flaw with destructuring concerns a corner that nobody here uses.
    supported: { destructuring: true },
    alias: {
      "#kit": join(source, "foundation/kit/scripts"),
      "#call": join(source, "journey/call/scripts"),
      "#chat": join(source, "journey/chat/scripts"),
      "#evidence": join(source, "journey/evidence/scripts"),
    },
    nodePaths: [join(here, "node_modules")],
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  return Buffer.from(result.outputFiles[0].contents);
}

function compileStyle(entry) {
  const { css } = sass.compile(join(source, entry), {
    style: "compressed",
    loadPaths: [join(here, "node_modules"), join(source, "foundation", "kit", "styles")],
    quietDeps: true,
  });
  return Buffer.from(css);
}

const makers = { ".ts": bundleScript, ".scss": compileStyle, ".svg": (entry) => readFile(join(source, entry)) };
const contents = (entry) => makers[extname(entry)](entry);

const hashedName = (name, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
};

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

async function writeAsset(folder, name, bytes) {
  const hashed = hashedName(name, bytes);
  const [gz, br] = await Promise.all([
    toGzip(bytes, { level: 9 }),
    toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ]);
  await Promise.all([
    writeFile(join(folder, hashed), bytes),
    writeFile(join(folder, `${hashed}.gz`), gz),
    writeFile(join(folder, `${hashed}.br`), br),
  ]);
  const kilobytes = (count) => `${(count / 1000).toFixed(1)} kB`.padStart(9);
  console.log(`${name.padEnd(18)}${kilobytes(bytes.length)}${kilobytes(gz.length)} gzip${kilobytes(br.length)} brotli`);
  return [name, hashed];
}

// A server that runs while we build must see the old files or the new ones, never half of either.
async function replaceFolder(finished, target) {
  const retired = `${finished}-old`;
  await rename(target, retired).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(finished, target);
  await rm(retired, { recursive: true, force: true });
}

async function build() {
  await mkdir(dirname(dist), { recursive: true });
  const folder = await mkdtemp(`${dist}-`);
  try {
    const assets = await Promise.all(
      Object.entries(entryPoints).map(async ([name, entry]) => writeAsset(folder, name, await contents(entry))),
    );
    assets.sort();
    await writeFile(join(folder, "manifest.json"), `${JSON.stringify(Object.fromEntries(assets), null, 2)}\n`);
    await replaceFolder(folder, dist);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

await build();
