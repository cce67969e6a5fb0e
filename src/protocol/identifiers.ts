/** What identifies a request in answers and logs. */
export interface RequestIds {
  readonly clientRequestId: string;
  /** GUID made by the server. */
  readonly activityId: string;
}
