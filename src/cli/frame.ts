import { createLogUpdate } from 'log-update'

/** Lines at the bottom of a terminal that are painted over and over. */
export type Frame = Readonly<{
  paint: (lines: readonly string[]) => void
  /** Takes the frame away, lets something be written where it stood, and paints it again below that. */
  above: (write: () => void) => void
  /** Takes the frame away for good. */
  close: () => void
}>

export function openFrame(stream: NodeJS.WriteStream): Frame {
  const update = createLogUpdate(stream)
  let painted = ''
  return {
    paint: (lines) => {
      painted = lines.join('\n')
      if (painted === '') update.clear()
      else update(painted)
    },
    above: (write) => {
      update.clear()
      write()
      if (painted !== '') update(painted)
    },
    close: () => {
      update.clear()
      update.done()
    },
  }
}
