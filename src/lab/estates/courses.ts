/**
 * The rows of the course-management database: production and development side by side in one cluster.
 *
 * Everything is computed from the number of the row and the estate's instant, so two builds are equal and a
 * snapshot is exactly the live data up to its instant. Submissions thicken towards the present: the last is
 * three minutes old, a few hundred fall within the last day.
 */

import type { Instant } from '../../core/time.ts';
import type { VolumeSeed } from '../world.ts';

const SUBMISSIONS = 12_000;
const STUDENTS = 2_400;

/** How the application of the estate signs in; no secret, like everything in the lab. */
export const COURSES_LOGIN = {
  username: 'pgusr',
  password: 'not-a-real-password-1',
  databaseName: 'coursemanagement',
} as const;

/**
 * The database as it was at `until`.
 *
 * @param at The estate's instant, which fixes the age of every row.
 */
export function coursesSeed(at: Instant, until: Instant): VolumeSeed {
  return {
    masterUsername: COURSES_LOGIN.username,
    password: COURSES_LOGIN.password,
    databaseName: COURSES_LOGIN.databaseName,
    sql: [
      schemaSql('prod', at, until, { students: STUDENTS, submissions: SUBMISSIONS }),
      schemaSql('dev', at, until, { students: 40, submissions: 300 }),
    ],
  };
}

// Every restore runs this anew, so it is quick: each foreign key is checked once, over all rows, and not row by row; and
// a power of floats takes a hundredth of the time that one of numerics takes.
function schemaSql(
  schema: string,
  at: Instant,
  until: Instant,
  rows: { readonly students: number; readonly submissions: number },
): string {
  return `
    create schema ${schema};
    set search_path to ${schema};
    create table courses (
      id int primary key, slug text not null unique, title text not null, created_at timestamptz not null);
    create table students (
      id int primary key, email text not null unique, display_name text not null, created_at timestamptz not null);
    create table enrollments (
      student_id int not null, course_id int not null,
      enrolled_at timestamptz not null, primary key (student_id, course_id));
    create table homework (
      id int primary key, course_id int not null, title text not null, due_at timestamptz not null);
    create table submissions (
      id int primary key, homework_id int not null, student_id int not null,
      link text not null, score numeric(5, 2), created_at timestamptz not null);
    create index submissions_created_at on submissions (created_at);
    insert into courses
      select id, slug, title, '${at}'::timestamptz - (700 - id * 30) * interval '1 day'
      from (values (1, 'ml-zoomcamp', 'Machine Learning'), (2, 'de-zoomcamp', 'Data Engineering'),
        (3, 'mlops-zoomcamp', 'MLOps'), (4, 'llm-zoomcamp', 'LLM')) as course (id, slug, title);
    insert into students
      select g, 'student' || g || '@example.com', 'Student ' || g, '${at}'::timestamptz - interval '600 days' + g * interval '3 hours'
      from generate_series(1, ${rows.students}) g;
    insert into enrollments
      select g, 1 + g % 4, '${at}'::timestamptz - interval '590 days' + g * interval '3 hours'
      from generate_series(1, ${rows.students}) g;
    insert into homework
      select g, 1 + g % 4, 'Homework ' || g, '${at}'::timestamptz - (480 - g * 12) * interval '1 day'
      from generate_series(1, 40) g;
    insert into submissions
      select g, 1 + g % 40, 1 + g % ${rows.students}, 'https://git.example.com/student' || (1 + g % ${rows.students}) || '/hw' || (1 + g % 40),
        (g * 37 % 101)::numeric, created_at
      from (select g, '${at}'::timestamptz - interval '3 minutes' - 6 * power((${rows.submissions} - g)::float8, 1.7) * interval '1 second' as created_at
        from generate_series(1, ${rows.submissions}) g) made
      where created_at <= '${until}'::timestamptz;
    alter table enrollments add foreign key (student_id) references students, add foreign key (course_id) references courses;
    alter table homework add foreign key (course_id) references courses;
    alter table submissions
      add foreign key (homework_id) references homework, add foreign key (student_id) references students;
    reset search_path;
    analyze ${['courses', 'students', 'enrollments', 'homework', 'submissions'].map((table) => `${schema}.${table}`).join(', ')};
  `;
}
