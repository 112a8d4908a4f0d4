import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import { flag, text, whole } from "../../lib/wire/scalars.ts";
import {
  isObject,
  list,
  nullable,
  optional,
  record,
  union,
  variant,
} from "../../lib/wire/shapes.ts";

interface Point {
  readonly x: number;
  readonly name?: string;
  readonly y: number | null;
}

interface Circle {
  readonly kind: "circle";
  readonly radius: number;
}

interface Dot {
  readonly kind: "dot";
  readonly isBold: boolean;
}

const point = record<Point>("point", {
  x: whole(),
  name: optional(text("wordBytesMax")),
  y: nullable(whole()),
});
const shape = union<Circle | Dot>({
  circle: variant("circle", 1, { radius: whole() }),
  dot: variant("dot", 2, { isBold: flag }),
});

test("a record travels by position", () => {
  assert.deepEqual(point.write({ x: 1, name: "a", y: 2 }), [1, "a", 2]);
  assert.deepEqual(point.read([1, "a", 2]), { x: 1, name: "a", y: 2 });
});

test("an absent field travels as nil and is absent again", () => {
  assert.deepEqual(point.write({ x: 1, y: null }), [1, null, null]);
  assert.deepEqual(point.read([1, null, null]), { x: 1, y: null });
});

test("elements of a later version are ignored, and missing ones are not", () => {
  assert.deepEqual(point.read([1, "a", 2, "later", {}]), { x: 1, name: "a", y: 2 });
  assert.equal(point.read([1, "a"]), undefined);
  assert.equal(point.read({ 0: 1, length: 3 }), undefined);
});

test("a flaw names the record and the field", () => {
  assert.equal(point.check({ x: 1, y: 2 }, "at"), undefined);
  assert.match(point.check({ x: -1, y: 2 }, "at")?.text ?? "", /^point\.x is -1/);
  assert.match(point.check({ x: 1, y: undefined }, "at")?.text ?? "", /^point\.y is undefined/);
  assert.match(point.check({ x: 1, name: null, y: 1 }, "at")?.text ?? "", /^point\.name is null/);
  for (const value of [undefined, null, 7, "a", []]) {
    assert.equal(point.check(value, "at")?.text, "at is missing or malformed");
  }
});

test("a variant opens with its number", () => {
  assert.deepEqual(shape.write({ kind: "dot", isBold: true }), [2, true]);
  assert.deepEqual(shape.read([1, 5]), { kind: "circle", radius: 5 });
  assert.deepEqual(shape.read([1, 5, "later"]), { kind: "circle", radius: 5 });
  for (const wire of [[3, 5], ["1", 5], [1], [], [null], 1, null, { 0: 1 }]) {
    assert.equal(shape.read(wire), undefined);
  }
  assert.equal(variant<Circle>("circle", 1, { radius: whole() }).read([2, 5]), undefined);
});

test("a union is checked by its kind", () => {
  assert.equal(shape.check({ kind: "circle", radius: 5 }, "at"), undefined);
  assert.match(shape.check({ kind: "circle", radius: -5 }, "at")?.text ?? "", /^circle\.radius/);
  for (const value of [{ kind: "toString" }, { radius: 5 }, undefined]) {
    assert.equal(shape.check(value, "at")?.text, "at is of no known kind");
  }
});

test("a list is checked to its last element", () => {
  const numbers = list(whole(), "endpointsMax");
  const full = Array.from({ length: LIMITS.endpointsMax }, () => 1);
  assert.equal(numbers.check(full, "at"), undefined);
  assert.equal(numbers.check([...full, 1], "at")?.code, "ERR_LIMIT");
  assert.match(numbers.check([1, 2, -3], "at")?.text ?? "", /^at\[2\] is -3/);
  assert.match(numbers.check(Array.from({ length: 2 }), "at")?.text ?? "", /^at\[0\] is undefined/);
  assert.match(numbers.check("12", "at")?.text ?? "", /must be a list/);
  assert.equal(numbers.read("12"), undefined);
});

test("an object is neither nothing nor a list", () => {
  assert.ok(isObject({}));
  for (const value of [null, undefined, [], "a", 7]) assert.equal(isObject(value), false);
});
