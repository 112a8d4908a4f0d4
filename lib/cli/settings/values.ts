import type { Endpoint } from "../../index.ts";
import { readEndpoint } from "./endpoint.ts";
import type { Setting, ValueKind } from "./setting.ts";

/** The value an option has, or what it takes instead of what was given. */
export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly takes: string };

const TRUE = ["1", "true", "yes", "on"];
const FALSE = ["0", "false", "no", "off", ""];

/** Reads the text of a flag or an environment variable. */
export function readText(text: string, value: ValueKind): Reading {
  switch (value.kind) {
    case "whole":
    case "amount":
      return /^-?\d+(\.\d+)?$/.test(text) ? readValue(Number(text), value) : wrong(value);
    case "switch": {
      const word = text.toLowerCase();
      if (TRUE.includes(word)) return right(true);
      return FALSE.includes(word) ? right(false) : wrong(value);
    }
    case "text":
    case "choice":
      return readValue(text, value);
    case "list":
    case "endpoints":
    case "record":
      return readSeveral(text, value);
    default:
      return value satisfies never;
  }
}

/** Reads all texts of a repeatable flag: each is one item, commas mean nothing. */
export function readTexts(texts: readonly string[], value: ValueKind): Reading {
  if (value.kind !== "record") return readValue(texts, value);
  const pairs: [key: string, text: string][] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) return wrong(value);
    pairs.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return right(Object.fromEntries(pairs));
}

/** Reads a value of a configuration file. */
export function readValue(given: unknown, value: ValueKind): Reading {
  switch (value.kind) {
    case "whole":
    case "amount":
      return isNumberIn(given, value) ? right(given) : wrong(value);
    case "switch":
      return typeof given === "boolean" ? right(given) : wrong(value);
    case "text":
      return typeof given === "string" ? right(given) : wrong(value);
    case "choice":
      return value.of.some((word) => word === given) ? right(given) : wrong(value);
    case "list": {
      const items = Array.isArray(given) ? given : [given];
      return items.every((item) => typeof item === "string") ? right(items) : wrong(value);
    }
    case "record":
      return isRecordOfTexts(given) ? right(given) : wrong(value);
    case "endpoints": {
      const items = (Array.isArray(given) ? given : [given]).map(endpointOf);
      return items.includes(undefined) ? wrong(value) : right(items);
    }
    default:
      return value satisfies never;
  }
}

/** What an option takes, in words that follow "takes". */
function takesText(value: ValueKind): string {
  switch (value.kind) {
    case "whole":
      return `a whole number from ${value.min} to ${value.max}`;
    case "amount":
      return `a number from ${value.min} to ${value.max}`;
    case "switch":
      return "true or false";
    case "text":
      return "a text";
    case "choice":
      return `one of ${value.of.join(", ")}`;
    case "list":
      return "texts";
    case "record":
      return "pairs key=value";
    case "endpoints":
      return "proto://host:port?scope";
    default:
      return value satisfies never;
  }
}

/** The word for a value in the help. */
export function placeholderOf({ value }: Setting): string {
  switch (value.kind) {
    case "whole":
    case "amount":
      return "<n>";
    case "switch":
      return "";
    case "text":
    case "list":
      return `<${value.placeholder}>`;
    case "choice":
      return "<word>";
    case "record":
      return "<key=value>";
    case "endpoints":
      return "<proto://host:port?scope>";
    default:
      return value satisfies never;
  }
}

/** Several values in one environment variable: separated by commas, or as JSON. */
function readSeveral(text: string, value: ValueKind): Reading {
  if (/^\s*[[{]/.test(text)) {
    try {
      return readValue(JSON.parse(text), value);
    } catch {
      return wrong(value);
    }
  }
  const items = text.split(",").map((item) => item.trim());
  return readTexts(
    items.filter((item) => item !== ""),
    value,
  );
}

function isNumberIn(given: unknown, { kind, min, max }: ValueKind & { min: number; max: number }) {
  if (typeof given !== "number" || !(given >= min && given <= max)) return false;
  return kind === "amount" || Number.isInteger(given);
}

function isRecordOfTexts(given: unknown): given is Readonly<Record<string, string>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  return Object.values(given).every((item) => typeof item === "string");
}

/** An endpoint as text, or as an object in a file; the library checks the latter's parts. */
function endpointOf(item: unknown): Partial<Endpoint> | undefined {
  if (typeof item === "string") return readEndpoint(item);
  return typeof item === "object" && item !== null && !Array.isArray(item) ? item : undefined;
}

function right(value: unknown): Reading {
  return { ok: true, value };
}

function wrong(value: ValueKind): Reading {
  return { ok: false, takes: takesText(value) };
}
