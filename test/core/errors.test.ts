import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS, isErrorCode, RollcallError } from "../../lib/core/errors.ts";
import { LIMITS } from "../../lib/core/limits.ts";

const CODES = Object.keys(ERRORS).filter(isErrorCode);

test("every code can be raised and says what a caller needs", () => {
  for (const code of CODES) {
    const error = new RollcallError(code);
    const { retryable, http, exit, text } = ERRORS[code];
    assert.deepEqual(
      [error.code, error.retryable, error.http, error.exit],
      [code, retryable, http, exit],
    );
    assert.equal(error.message, text);
    assert.equal(error.name, "RollcallError");
    assert.ok(error instanceof Error);
  }
});

test("the table keeps to what gateways and shells can tell apart", () => {
  for (const code of CODES) {
    const { http, exit, text, retryable } = ERRORS[code];
    assert.match(code, /^ERR_[A-Z_]+$/);
    assert.ok(http >= 400 && http < 600, `${code} has status ${http}`);
    assert.ok(exit > 0 && exit < 256, `${code} has exit code ${exit}`);
    // Somebody else may list the key meanwhile; any other mistake of the caller stays one.
    const isOurs = http >= 500 || code === "ERR_NOT_AUTHORISED";
    assert.ok(!retryable || isOurs, `${code} is the caller's fault but worth a retry`);
    assert.ok(text.length > 0 && text.length <= LIMITS.textBytesMax);
  }
});

test("a detail follows the text, and the cause is kept", () => {
  const cause = new Error("below");
  const error = new RollcallError("ERR_BIND", "tcp://127.0.0.1:1", { cause });
  assert.equal(error.message, "the endpoint cannot be bound: tcp://127.0.0.1:1");
  assert.equal(error.cause, cause);
});

test("codes from the network are told from other text", () => {
  assert.ok(isErrorCode("ERR_LIMIT"));
  for (const text of ["", "ERR_NONSENSE", "toString", "__proto__", "constructor"]) {
    assert.ok(!isErrorCode(text), text);
  }
});
