import { Answered } from '../components/common/answered.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { OpenStudy } from '../components/studies/open-study.tsx';
import { StudyList } from '../components/studies/study-list.tsx';
import { useContract } from '../data/queries.ts';

export function StudiesPage(): React.JSX.Element {
  const studies = useContract('studies.list', {});
  return (
    <Page
      title="Studies"
      description="A study is a small file that declares runs, their seeds and evaluations, and the tables and claims they answer for: a paper’s comparison by one click. It goes on where it was left, and takes over finished runs that are the same."
      actions={<OpenStudy />}
    >
      <Panel flush>
        <Answered query={studies} what="the studies">
          {(all) => <StudyList studies={all} />}
        </Answered>
      </Panel>
    </Page>
  );
}
