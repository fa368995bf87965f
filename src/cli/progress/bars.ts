import type { Listener } from '../../model/run-event.ts'
import type { Frame } from '../frame.ts'
import { barLines } from './bar-lines.ts'
import type { Space } from './bar-lines.ts'
import { notable } from './describe.ts'
import { follow, newTableState } from './table-state.ts'
import type { TableState } from './table-state.ts'

export type BarOptions = Readonly<{
  frame: Pick<Frame, 'paint' | 'close'>
  /** Prints above the bars. */
  tell: (line: string) => void
  size: () => Space
  now: () => number
}>

/** One bar a table: rows, pages, rows a second, use of the rate limit, time left. */
export type Bars = Readonly<{
  listener: Listener
  /** To be called some times a second: events only change what will be painted. */
  paint: () => void
}>

export function createBars({ frame, tell, size, now }: BarOptions): Bars {
  const tables = new Map<string, TableState>()
  const say = notable(tell)
  let ended = false
  return {
    paint: () => {
      if (!ended) frame.paint(barLines([...tables.values()], now(), size()))
    },
    listener: (event) => {
      if (event.type === 'run done') {
        ended = true
        frame.close()
        return
      }
      if (event.type === 'run started') for (const name of event.tables) tables.set(name, newTableState(name))
      if ('table' in event) {
        const table = tables.get(event.table)
        // What is asked before the run starts has no bar: Klaviyo's id of the account.
        if (table !== undefined) follow(table, event, now())
      }
      say(event)
    },
  }
}
