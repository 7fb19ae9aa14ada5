/** What VitePress is told: the menus, the search, the links at the top. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { entries, kindsOf } from "./api.mjs";

const description = "The Reformer for TypeScript: sequences of a million tokens, from Node to the browser.";

/**
 * @param sections of the menu, as {@link completeMenu} gives them
 * @param source folder of the site's pages
 * @returns the text of `.vitepress/config.mjs`
 */
export function siteConfig({ sections, source, site, base }) {
  const config = {
    title: "reformer-ts",
    description,
    base,
    outDir: site,
    cleanUrls: false,
    themeConfig: {
      nav: [
        { text: "Getting started", link: "/getting-started" },
        { text: "Configuration", link: "/configuration" },
        { text: "API", link: "/api/" },
        { text: "Results", link: "/docs/results" },
        { text: "Playground", link: "/playground" },
      ],
      sidebar: { "/": menuOf(sections), "/api/": apiMenu(source) },
      socialLinks: [{ icon: "github", link: "https://github.com/reformer-ts/reformer-ts" }],
      outline: { level: [2, 3] },
    },
  };
  // A page of prose answers better than the hundred properties of the same name in the API.
  return `const config = ${JSON.stringify(config)};
const boostDocument = (path) => (path.includes("/api/") ? 0.2 : path.includes("/configuration") ? 2 : 1);
config.themeConfig.search = { provider: "local", options: { miniSearch: { searchOptions: { boostDocument } } } };
export default config;
`;
}

function menuOf(sections) {
  const items = (pages) => pages.map(([text, , page]) => ({ text, link: `/${page.replace(/\.md$/, "")}` }));
  const reference = [
    { text: "Configuration", link: "/configuration" },
    { text: "API", link: "/api/" },
  ];
  return [
    ...sections.map(({ text, items: pages }) => ({
      text,
      collapsed: text === "Further",
      items: items(pages),
    })),
    { text: "Reference", items: reference },
  ];
}

/** An entry each, closed, with its functions before its types. */
function apiMenu(source) {
  const menus = entries.map((entry) => {
    const path = `api/${entry.replace(/^[a-z]+/, "$&/src")}`;
    const kinds = kindsOf(join(source, path)).map((kind) => ({
      text: titleOf(kind),
      collapsed: kind !== "functions",
      items: readdirSync(join(source, path, kind))
        .map((file) => file.replace(/\.md$/, ""))
        .toSorted((a, b) => a.localeCompare(b))
        .map((name) => ({ text: name, link: `/${path}/${kind}/${name}` })),
    }));
    return { text: entry, link: `/${path}/`, collapsed: true, items: kinds };
  });
  return [
    { text: "All pages", link: "/getting-started" },
    { text: "API", link: "/api/", items: menus },
  ];
}

const titleOf = (kind) => (kind[0].toUpperCase() + kind.slice(1)).replace("-", " ");
