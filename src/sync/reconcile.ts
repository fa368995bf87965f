import type { RollCall } from '../destinations/target.ts'
import { Landing } from '../landing/landing.ts'
import type { Cursor } from '../model/table.ts'
import type { Window } from '../model/time.ts'
import { idsFolderOf, lockTarget } from './landing-folder.ts'
import { discardAll } from './leftovers.ts'
import { readIds, readNamed } from './read-ids.ts'
import type { IdRead } from './read-ids.ts'
import type { TableRun } from './table-run.ts'

/** Absent keys that are asked for by name are held in memory so many at a time. */
const NAMED_AT_ONCE = 10_000

/**
 * Marks the rows of a table with a cursor that Klaviyo has no more. All ids are read, and who does not answer is
 * looked for a second time before it is marked: by name where the endpoint allows that, else by reading again. A read
 * that breaks off marks nothing.
 *
 * What else happens at that time harms nobody: a row that came since the start is not asked after, one that changed
 * keeps its place or is found the second time, and one that goes is found gone by the next run.
 */
export async function reconcile(run: TableRun, cursor: Cursor): Promise<void> {
  const { job, target, clock, listener, tally, signal } = run
  const table = job.table.name
  await using _lock = await lockTarget(run)
  const startedAtMs = clock.now()
  const window = cursor.fixed ? intervalOf(run) : null
  const call = target.rollCall({ startedAtMs, window })
  const rows = await call.begin(signal)
  if (rows > 0) listener({ type: 'reconciling', table, rows, window })
  const found =
    rows === 0 ? { marked: 0, revived: 0 } : await callAll(run, { call, rows, window, startedAtMs })
  const reconciled = { rows, ...found }
  tally.reconciled(reconciled)
  listener({ type: 'reconciled', table, ...reconciled })
}

type Calling = Readonly<{ call: RollCall; rows: number; window: Window | null; startedAtMs: number }>

async function callAll(
  run: TableRun,
  { call, rows, window, startedAtMs }: Calling,
): Promise<Readonly<{ marked: number; revived: number }>> {
  const { signal } = run
  const landing = await Landing.open(idsFolderOf(run), run.landingMaxBytes)
  const read = { run, call, landing, startedAt: Math.floor(startedAtMs / 1000) }
  try {
    await discardAll(landing)
    await readIds(read, { window, rows })
    await lookAgain(read, { window, rows })
    return await call.close(signal)
  } catch (error) {
    // Best effort: the next one begins by throwing it away.
    await call.discard(new AbortController().signal).catch(() => undefined)
    throw error
  } finally {
    await discardAll(landing)
    await landing.close()
  }
}

/** Rows are missed for other reasons than that they are gone: pages came short, rows moved, or somebody mended data. */
async function lookAgain(read: IdRead, { window, rows }: Pick<Calling, 'window' | 'rows'>): Promise<void> {
  const { run, call } = read
  const { job, source, listener, signal } = run
  const { rows: missing, span } = await call.absent(signal)
  if (missing === 0) return
  listener({ type: 'rows missing', table: job.table.name, missing, rows })
  const { named } = source.idTables(job.table)
  if (named === null) {
    // The time of an event stays; any other row may be found at any time.
    await readIds(read, { window: window === null ? null : span, rows: missing })
    return
  }
  const next = (after: string | null): Promise<readonly string[]> =>
    call.absentKeys({ after, limit: NAMED_AT_ONCE }, signal)
  for (let keys = await next(null); keys.length > 0; keys = await next(keys.at(-1) ?? null))
    await readNamed(read, named, keys)
}

/** Where events are looked for; the options were checked, so both ends are there. */
function intervalOf({ job: { interval }, clock }: TableRun): Window {
  const now = Math.floor(clock.now() / 1000)
  return { from: interval.start ?? 0, to: Math.min(interval.end ?? now, now) }
}
