import { KLAVIYO_ID } from '../model/account.ts'
import { cover } from '../model/coverage.ts'
import type { Coverage } from '../model/coverage.ts'
import { SluiceError } from '../model/errors.ts'
import { sameMadeOf } from '../model/made-of.ts'
import type { MadeOf } from '../model/made-of.ts'
import type { TableName } from '../model/names.ts'
import { formatTableName } from '../model/table-name.ts'
import type { KnownAccount } from './account-name.ts'
import type { AccountRename } from './target.ts'

/** Rows of the old name in a table, and of the new one. */
export type HeldRows = Readonly<{ from: number; to: number }>

/** Joined windows would have the later read time of the two, and hide that the earlier one needs a second look. */
const NEVER_SETTLED = Infinity

/**
 * That there is such an account, and that the other name is not of another one.
 * @throws SluiceError `usage`: `unknown-account`, `unmergeable-accounts`
 */
export function refuseOthers(
  { from, to }: AccountRename,
  known: readonly KnownAccount[],
  place: string,
): void {
  const find = (name: string): KnownAccount | undefined => known.find((each) => each.name === name)
  if (find(from) === undefined) {
    const names = known.map(({ name }) => `"${name}"`).join(', ')
    const there = names === '' ? 'It has none.' : `It has ${names}.`
    throw new SluiceError('unknown-account', `"${place}" has no account "${from}". ${there}`, {
      facts: { account: from },
    })
  }
  const [one = [], other = []] = [from, to].map((name) =>
    find(name)?.identities.filter((each) => each.startsWith(KLAVIYO_ID)),
  )
  if (one.length > 0 && other.length > 0 && !one.some((id) => other.includes(id)))
    throw new SluiceError(
      'unmergeable-accounts',
      `"${from}" and "${to}" are two accounts at Klaviyo. Choose a name that "${place}" does not have yet.`,
      { facts: { account: from } },
    )
}

/** @throws SluiceError `unmergeable-accounts` when both have `twice` rows of the same keys */
export function refuseSameRows({ from, to }: AccountRename, table: TableName, twice: number): void {
  if (twice === 0) return
  const name = formatTableName(table)
  throw new SluiceError(
    'unmergeable-accounts',
    `"${to}" has rows of its own in table "${name}", and ${twice} of them have the keys of rows of "${from}": the account was read twice, under two names. Delete the rows of one of the two from "${name}" (where _sluice_account = …), then run the same command again.`,
    { facts: { account: to, table: name } },
  )
}

/** @throws SluiceError `unmergeable-accounts` when rows of both names are there, and were not loaded alike */
export function refuseTwoShapes(
  { from, to }: AccountRename,
  table: TableName,
  held: HeldRows,
  [one, other]: readonly [MadeOf | null, MadeOf | null],
): void {
  if (held.from === 0 || held.to === 0 || one === null || other === null || sameMadeOf(one, other)) return
  throw new SluiceError(
    'unmergeable-accounts',
    `In table "${formatTableName(table)}" the rows of "${from}" and those of "${to}" were not loaded alike (--flatten). Read one of them anew, with --full-refresh, as the other was; then run the same command again.`,
    { facts: { account: from } },
  )
}

/**
 * Whose notes of a table are true when both have some: both, unless one of them has no rows any more, which somebody
 * has deleted.
 */
export const loserOf = ({ from, to }: HeldRows): 'from' | 'to' | null =>
  from === 0 ? 'from' : to === 0 ? 'to' : null

/** What two have covered together. */
export const joinedCoverage = (one: Coverage, other: Coverage): Coverage =>
  one.reduce((sum, window) => cover(sum, window, NEVER_SETTLED), other)
