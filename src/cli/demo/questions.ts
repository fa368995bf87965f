import { count } from '../units.ts'
import { align } from '../text-layout.ts'

type Cell = string | number | bigint | boolean | null
/** Asks the loaded file. */
export type Ask = (sql: string) => Promise<readonly (readonly Cell[])[]>

const BAR_WIDTH = 40

/** A question, and the answer as lines to print. */
export type Answer = Readonly<{ question: string; lines: readonly string[] }>

/** What people ask first, answered from the tables just loaded. */
export async function answers(ask: Ask): Promise<readonly Answer[]> {
  return [
    { question: 'Revenue by month, the last 18', lines: bars(await ask(REVENUE)) },
    {
      question: 'Campaigns that brought the most revenue',
      lines: table(['campaign', 'orders', 'revenue'], await ask(CAMPAIGNS)),
    },
    { question: 'Freshest rows', lines: table(['table', 'rows', 'newest'], await ask(FRESHEST)) },
  ]
}

const REVENUE = `
select strftime(date_trunc('month', e.datetime), '%Y-%m') as month,
       sum((e.event_properties ->> '$."$value"')::double) as revenue
from klaviyo.events e
join klaviyo.metrics m on m.id = e.metric_id and m._sluice_account = e._sluice_account
where m.name = 'Placed Order' and e.datetime <= now()
group by month
order by month desc
limit 18`

const CAMPAIGNS = `
with sent as (
  select name, unnest(from_json(campaign_messages_ids, '["VARCHAR"]')) as message_id from klaviyo.campaigns
)
select sent.name, count(*) as orders, round(sum((e.event_properties ->> '$."$value"')::double), 2) as revenue
from klaviyo.events e
join klaviyo.metrics m on m.id = e.metric_id and m._sluice_account = e._sluice_account
join sent on sent.message_id = (e.event_properties ->> '$."$message"')
where m.name = 'Placed Order'
group by sent.name
order by revenue desc
limit 5`

const FRESHEST = `
select 'events', count(*), strftime(max(datetime) filter (datetime <= now()), '%Y-%m-%d %H:%M:%S') from klaviyo.events
union all
select 'profiles', count(*), strftime(max(updated), '%Y-%m-%d %H:%M:%S') from klaviyo.profiles
union all
select 'campaigns', count(*), strftime(max(updated_at), '%Y-%m-%d %H:%M:%S') from klaviyo.campaigns`

function bars(rows: readonly (readonly Cell[])[]): readonly string[] {
  const months = [...rows]
    .reverse()
    .map(([month, revenue]) => ({ month: String(month), revenue: Number(revenue) }))
  const most = Math.max(1, ...months.map(({ revenue }) => revenue))
  return months.map(({ month, revenue }) => {
    const bar = '█'.repeat(Math.round((revenue / most) * BAR_WIDTH))
    return `${month}  ${bar.padEnd(BAR_WIDTH)}  ${count(revenue).padStart(10)}`
  })
}

const table = (header: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] =>
  align([
    header,
    ...rows.map((row) => row.map((cell) => (isNumber(cell) ? count(Number(cell)) : String(cell ?? '–')))),
  ])

const isNumber = (cell: Cell): boolean => typeof cell === 'number' || typeof cell === 'bigint'
