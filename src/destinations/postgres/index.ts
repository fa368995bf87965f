import { SluiceError } from '../../model/errors.ts'
import type { Open } from '../destination.ts'

export const open: Open = (uri) => {
  throw new SluiceError('usage', `${uri.length}`)
}
