import type { Listener } from '../../model/run-event.ts'
import type { Terminal } from '../terminal.ts'
import { barProgress } from './bars.ts'
import { jsonProgress } from './json.ts'
import { lineProgress } from './lines.ts'

export const PROGRESS_KINDS = ['interactive', 'log', 'json'] as const
export type ProgressKind = (typeof PROGRESS_KINDS)[number]

/** Bars on a terminal, lines elsewhere, JSON on request. */
export async function openProgress(kind: ProgressKind | undefined, terminal: Terminal): Promise<Listener> {
  switch (kind ?? (terminal.isInteractive ? 'interactive' : 'log')) {
    case 'json':
      return jsonProgress(terminal.print, Date.now)
    case 'log':
      return lineProgress(terminal.tell, Date.now)
    case 'interactive': {
      const { createLogUpdate } = await import('log-update')
      const update = createLogUpdate(process.stderr)
      const screen = {
        paint: (text: string) => {
          update(text)
        },
        keep: (text: string) => {
          update.clear()
          terminal.tell(text)
        },
        done: () => {
          update.done()
        },
      }
      return barProgress(screen, Date.now, terminal.width)
    }
    default:
      throw new TypeError(`unknown progress "${kind}"`)
  }
}
