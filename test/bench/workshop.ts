import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { compileRoles, TEMPORARY } from "../helpers/compiled.ts";
import type { Workshop } from "./children.ts";

/** The compiled children, and a folder that is kept for their profiles where these are wanted. */
export async function openWorkshop(wantsProfiles: boolean): Promise<Workshop> {
  const roles = await compileRoles("bench");
  return { roles, profiles: wantsProfiles ? mkdtempSync(join(TEMPORARY, "profile-")) : undefined };
}
