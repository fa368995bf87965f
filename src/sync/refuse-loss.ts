import { SluiceError } from '../model/errors.ts'
import { formatTableName } from '../model/table-name.ts'
import { gathersAside } from './table-plan.ts'
import type { TableRun } from './table-run.ts'

/**
 * Says before anything is read that rows would go: what is gathered aside takes the place of all of the account's rows,
 * and of an interval only those inside it are gathered.
 * @throws SluiceError `rows-would-go`, unless the user has said yes to it
 */
export async function refuseLoss({ job, account, target }: TableRun): Promise<void> {
  const { start: from, end: to } = job.interval
  if (job.yes || !gathersAside(job) || (from === null && to === null)) return
  const { inside, outside } = await target.count({ from, to })
  if (outside === 0) return
  throw new SluiceError(
    'rows-would-go',
    (option) => {
      const interval = [
        ...(from === null ? [] : [option('intervalStart')]),
        ...(to === null ? [] : [option('intervalEnd')]),
      ].join(' and ')
      const what = job.fullRefresh ? option('fullRefresh') : option('incrementalStrategy', 'replace')
      return `With ${interval}, ${what} would remove ${counted(outside)} of account "${account}" from table "${formatTableName(job.target)}", because they are outside the interval, and read ${counted(inside)} anew. Leave ${interval} out to keep all; ${job.fullRefresh ? `write ${option('reload')} instead of ${what} to read only the interval anew` : `take another strategy, with ${option('reload')}, to read only the interval anew`}; or add ${option('yes')} if they are to go.`
    },
    { facts: { account, table: job.table.name } },
  )
}

const counted = (rows: number): string =>
  rows === 1 ? '1 row' : `${rows.toLocaleString('en-US', { useGrouping: true })} rows`
