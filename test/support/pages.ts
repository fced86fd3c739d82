/** Paths, relative to the page, that a Markdown page links to or shows. */
export function linksOf(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.replace(/#.*$/, ""));
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** Files and folders of the project that a page names in code, such as `src/app`; not those that a command writes. */
export function namedFiles(text: string): string[] {
  return codeSpans(text).filter((span) =>
    /^(src|test|bench|tools|docs(?!\/results)|assets|scenes)\/[\w./-]+$/.test(span),
  );
}

/**
 * Every command line of this program in a page's code, as the words after the program's name. Within a sentence only what
 * has a flag is one; the rest are names of commands.
 */
export function commandLines(text: string): string[][] {
  const blocks = [...text.matchAll(FENCED)].flatMap(([, code]) =>
    code.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const indented = [...text.matchAll(/(?<=\n\n|^ {4}.*\n) {4}(\S.*)/gm)].map(([, line]) => line);
  return [...blocks, ...indented, ...codeSpans(text).filter((span) => span.includes(" --"))].flatMap(
    (line) => {
      const match =
        /^(?:\w+=\S+ )*(?:npx )?(contrapposto|npm start|node bin\/contrapposto\.js)(?: (.*))?$/.exec(line);
      if (match === null) return [];
      const words = wordsOf(match[2] ?? "");
      return [match[1] === "npm start" ? ["play", ...words.filter((word) => word !== "--")] : words];
    },
  );
}

/** The words that a shell would make of a line without variables. */
export function wordsOf(line: string): string[] {
  const code = line.replace(/(^|\s)#.*$/, "");
  return [...code.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare,
  );
}

const FENCED = /^```\w*\n(.*?)^```/gms;

function codeSpans(text: string): string[] {
  const prose = text.replaceAll(FENCED, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code.replaceAll(/\s+/g, " "));
}
