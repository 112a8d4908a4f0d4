/** What a child can be told to do: each takes one argument of plain data and answers with some. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** A command on its way to a child. */
export interface Request {
  readonly call: number;
  readonly command: string;
  readonly argument: unknown;
}

/** The answer, or the text of the error. */
export interface Response {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: string;
}

/**
 * Makes this process a child that takes commands until its parent hangs up or ends. Returns the
 * commands, so that a role can export their type.
 */
export function serve<C extends Commands>(commands: C): C {
  process.on("message", (request: Request) => void reply(commands, request));
  process.on("disconnect", () => process.exit(0));
  return commands;
}

async function reply(commands: Commands, { call, command, argument }: Request): Promise<void> {
  const response = await run(commands, command, argument).then(
    (result): Response => ({ call, result }),
    (error: unknown): Response => ({ call, error: String(error) }),
  );
  process.send?.(response);
}

async function run(commands: Commands, command: string, argument: unknown): Promise<unknown> {
  const act = commands[command] as ((argument: unknown) => unknown) | undefined;
  if (act === undefined) throw new Error(`no command ${command}`);
  return act(argument);
}
