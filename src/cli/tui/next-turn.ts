/** Resolves in the next turn of the event loop, when what was asked for in this one is done. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
