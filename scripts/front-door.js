import { readFileSync } from "node:fs";
import path from "node:path";

const imports = /^import \{([^}]*)\} from "@plotcast\/(\w+)";$/gm;
const lists = /^export \{([^}]*)\} from "\.\/([\w/-]+\.ts)";$/gm;
const stars = /^export \* from "\.\/([\w/-]+\.ts)";$/gm;
const declared = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

/** @type {Map<string, Map<string, string>>} */
const known = new Map();

/**
 * Leads imports from the front door of a package of ours to the modules behind it. Bundlers cut by
 * module: whatever a front door lets out is where the first is that enters, needed there or not.
 *
 * @param {string} code
 * @param {string} packages the folder they are in
 * @returns {string}
 */
export function behindFrontDoors(code, packages) {
  return code.replace(imports, (_, names, name) => {
    const modules = known.get(name) ?? modulesOf(path.join(packages, name, "src"));
    known.set(name, modules);
    return namesIn(names)
      .map((one) => {
        const [imported = ""] = one.split(" as ");
        const at = modules.get(imported);
        if (at === undefined) throw new Error(`cannot find ${imported} in @plotcast/${name}`);
        return `import { ${one} } from ${JSON.stringify(at)};`;
      })
      .join(" ");
  });
}

/**
 * Where each name is declared that a front door lets out.
 *
 * @param {string} folder
 * @returns {Map<string, string>}
 */
function modulesOf(folder) {
  const read = (/** @type {string} */ name) => readFileSync(path.join(folder, name), "utf8");
  const index = read("index.ts");
  const modules = new Map();
  for (const [, names, file = ""] of index.matchAll(lists)) {
    for (const name of namesIn(names)) modules.set(name, path.join(folder, file));
  }
  for (const [, file = ""] of index.matchAll(stars)) {
    for (const [, name] of read(file).matchAll(declared))
      modules.set(name, path.join(folder, file));
  }
  return modules;
}

/**
 * Without those that are types.
 *
 * @param {string} [list]
 * @returns {string[]}
 */
function namesIn(list = "") {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}
