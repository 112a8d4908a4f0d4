/** A fenced block of a document. */
export interface Block {
  /** `ts`, `text`, `sh` … */
  readonly language: string;
  readonly text: string;
  /** The program name of the comment `<!-- program: name -->` right before it. */
  readonly program: string | null;
  /** The file name of the comment `<!-- example: name -->` right before it, whose output it is. */
  readonly example: string | null;
  /** 1-based. */
  readonly line: number;
}

/** Every fenced block of a Markdown document, in order. */
export function blocksOf(document: string): readonly Block[] {
  const blocks: Block[] = [];
  const fence = /(?:<!-- (?:program: (\S+)|example: (\S+)) -->\n)?^```(\w+)\n([\s\S]*?)^```$/gm;
  for (const match of document.matchAll(fence)) {
    const [, program = null, example = null, language = "", text = ""] = match;
    const line = document.slice(0, match.index).split("\n").length;
    blocks.push({ language, text, program, example, line });
  }
  return blocks;
}

/** The output that a program is said to have: the text block after it. */
export function outputOf(blocks: readonly Block[], program: string): string | undefined {
  const at = blocks.findIndex((block) => block.program === program);
  const next = blocks[at + 1];
  return at >= 0 && next?.language === "text" ? next.text : undefined;
}

/** The output that an example is said to have. */
export function outputOfExample(blocks: readonly Block[], name: string): string | undefined {
  return blocks.find(({ example }) => example === name)?.text;
}
