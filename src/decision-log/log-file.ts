/** Where a decision log is kept: one growing file and the full ones before it. All of it may reject, and then lost lines are lost. */
export type LogFile = {
  /** Bytes in the file that grows. */
  bytes(): number
  /** Writes whole lines at its end. */
  append(lines: Uint8Array): Promise<void>
  /** Begins a new file and keeps the full one, up to the number of files to keep. */
  rotate(): Promise<void>
  /** A part of the file that grows; `undefined` where it is not that long. */
  read(from: number, bytes: number): Promise<string | undefined>
  close(): Promise<void>
}
