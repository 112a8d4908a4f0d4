import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PHOTO_MS = 60_000;

/** Takes a picture of a page with a browser of this machine. Resolves with why not, where not. */
export async function photograph(
  page: string,
  picture: string,
  size: { readonly width: number; readonly height: number } = { width: 1500, height: 1400 },
): Promise<string | undefined> {
  const browser = BROWSERS.find((path) => existsSync(path));
  if (browser === undefined) return "chromium is not installed";
  const folder = mkdtempSync(join(tmpdir(), "rollcall-chaos-"));
  const args = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    `--user-data-dir=${folder}`,
    `--window-size=${size.width},${size.height}`,
    `--screenshot=${resolve(picture)}`,
    `file://${resolve(page)}`,
  ];
  try {
    await promisify(execFile)(browser, args, { timeout: PHOTO_MS });
    return existsSync(picture) ? undefined : "chromium wrote no picture";
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
