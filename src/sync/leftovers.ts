import type { Landing } from '../landing/landing.ts'

/** Deletes all that has landed. */
export async function discardAll(landing: Landing): Promise<void> {
  for (const leftover of await landing.leftovers()) await landing.discard(leftover)
}
