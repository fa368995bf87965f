import type { Place } from '../destinations/target.ts'
import type { AccountIdentity } from '../model/account.ts'
import type { TableName } from '../model/names.ts'
import type { Emit } from '../model/run-event.ts'

/**
 * What comes before anything is read into a place: it is brought to this version's form, and it is found out under which
 * name it keeps the account. Klaviyo is asked only after the place has been found usable.
 * @throws SluiceError and nothing was changed, but for the form
 */
export async function enter(
  place: Place,
  {
    identify,
    tables,
    listener,
    signal,
  }: Readonly<{
    identify: () => Promise<AccountIdentity>
    tables: readonly TableName[]
    listener: Emit
    signal: AbortSignal
  }>,
): Promise<Readonly<{ account: string; identity: AccountIdentity }>> {
  const carried = await place.ready('write', signal)
  if (carried !== null) listener({ type: 'store carried over', ...carried })
  const identity = await identify()
  return { account: await place.nameOf(identity, tables), identity }
}
