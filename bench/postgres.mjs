export async function postgres() {
  return ['not yet']
}
