/** Something about the data, or where it goes, that the person who runs a command has to mend. */
export class DataProblem extends Error {}
