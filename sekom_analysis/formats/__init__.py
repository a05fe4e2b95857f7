"""Files of the world outside within limits: tables, workbooks, archives, XML; knows no study."""
