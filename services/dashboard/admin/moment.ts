/** Swedish writes a time as 2026-03-01 09:05:00. It is the time of whoever looks. */
const FORMAT = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** `09:05:00`, with its day where that is not today; what is no time as it came. */
export const formatMoment = (text: string): string => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const [day, clock = ''] = FORMAT.format(date).split(' ');
  const [today] = FORMAT.format(new Date()).split(' ');
  return day === today ? clock : `${day} ${clock}`;
};
