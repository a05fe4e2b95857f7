"""LibreOffice without a window: opens a workbook, types into cells, tells what it sees, saves."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SECONDS = 120

# Each line of the job is one step, its parts divided by tabs; answers go into a second file.
MACRO = r"""
Option Explicit

Sub Run(job As String)
  On Error Goto Failed
  Dim files, reader, writer, line_, parts, answer, document
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  reader = createUnoService("com.sun.star.io.TextInputStream")
  reader.setInputStream(files.openFileRead(ConvertToURL(job)))
  reader.setEncoding("UTF-8")
  writer = createUnoService("com.sun.star.io.TextOutputStream")
  writer.setOutputStream(files.openFileWrite(ConvertToURL(job & ".out")))
  writer.setEncoding("UTF-8")
  For Each line_ In Split(reader.readString(Array(), False), Chr(10))
    parts = Split(line_, Chr(9))
    Select Case parts(0)
      Case "open"
        document = StarDesktop.loadComponentFromURL(ConvertToURL(parts(1)), "_blank", 0, Hidden())
      Case "type"
        TypeInto(document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2)), parts(3))
      Case "unlock"
        document.Sheets.getByName(parts(1)).unprotect("")
      Case "shown"
        answer = Tidy(document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2)).String)
        writer.writeString(answer & Chr(10))
      Case "choices"
        answer = Choices(document, document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2)))
        writer.writeString(answer & Chr(10))
      Case "locked"
        writer.writeString(Locked(document.Sheets.getByName(parts(1)), parts(2)) & Chr(10))
      Case "sort"
        SortRows(document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2)), CInt(parts(3)))
      Case "filter"
        FilterRows(document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2)), CInt(parts(3)), parts(4))
      Case "answer"
        AnswerAt(document.Sheets.getByName(parts(1)), parts(2), parts(3), parts(4), parts(5))
      Case "hidden"
        writer.writeString(HiddenRows(document.Sheets.getByName(parts(1)), parts(2)) & Chr(10))
      Case "goto"
        answer = GoesTo(document, parts(1))
        writer.writeString(answer & Chr(10))
      Case "comment"
        Remark(document.Sheets.getByName(parts(1)), parts(2), parts(3))
      Case "export"
        document.storeToURL(ConvertToURL(parts(1)), AsFilter(parts(2), parts(3)))
      Case "save"
        document.storeToURL(ConvertToURL(parts(1)), AsExcel())
        document.close(True)
    End Select
  Next
  writer.closeOutput()
  StarDesktop.terminate()
  Exit Sub
Failed:
  writer.writeString("failed: " & Error$ & Chr(10))
  writer.closeOutput()
  StarDesktop.terminate()
End Sub

Sub TypeInto(cell, text)
  text = Join(Split(text, "\n"), Chr(10))
  On Error Resume Next
  cell.setFormula(text)
End Sub

Sub SortRows(area, place)
  Dim fields(0) As New com.sun.star.table.TableSortField
  Dim how(1) As New com.sun.star.beans.PropertyValue
  fields(0).Field = place
  fields(0).IsAscending = True
  how(0).Name = "SortFields"
  how(0).Value = fields()
  how(1).Name = "ContainsHeader"
  how(1).Value = False
  area.sort(how())
End Sub

Sub FilterRows(area, place, text)
  Dim fields(0) As New com.sun.star.sheet.TableFilterField
  Dim filter_
  filter_ = area.createFilterDescriptor(True)
  filter_.ContainsHeader = True
  fields(0).Field = place
  fields(0).IsNumeric = False
  fields(0).StringValue = text
  fields(0).Operator = com.sun.star.sheet.FilterOperator.EQUAL
  filter_.setFilterFields(fields())
  area.filter(filter_)
End Sub

Sub AnswerAt(sheet, key_column, key, column, text)
  Dim row
  For row = 1 To 2000
    If Left(sheet.getCellRangeByName(key_column & row).String, Len(key)) = key Then
      TypeInto(sheet.getCellRangeByName(column & row), text)
      Exit Sub
    End If
  Next
End Sub

Function HiddenRows(sheet, from_to) As String
  Dim row, found
  found = ""
  For row = CInt(Split(from_to, ":")(0)) To CInt(Split(from_to, ":")(1))
    If Not sheet.Rows.getByIndex(row - 1).IsVisible Then found = found & " " & row
  Next
  HiddenRows = Trim(found)
End Function

Function GoesTo(document, place) As String
  Dim how(0) As New com.sun.star.beans.PropertyValue
  Dim frame, dispatcher, cell
  frame = document.CurrentController.Frame
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  how(0).Name = "ToPoint"
  how(0).Value = place
  dispatcher.executeDispatch(frame, ".uno:GoToCell", "", 0, how())
  cell = document.CurrentSelection.CellAddress
  GoesTo = document.Sheets.getByIndex(cell.Sheet).Name & " " & (cell.Row + 1)
End Function

Function Locked(sheet, address) As String
  Locked = sheet.isProtected() & " " & sheet.getCellRangeByName(address).CellProtection.IsLocked
End Function

Function Tidy(text) As String
  Tidy = Join(Split(text, Chr(10)), "\n")
End Function

Function Choices(document, cell) As String
  Dim rule, address, sheet, area, row, found
  rule = cell.Validation
  If rule.getPropertyValue("Type") <> com.sun.star.sheet.ValidationType.LIST Then
    Choices = "no list: " & rule.getFormula1() & " " & rule.getFormula2()
    Exit Function
  End If
  address = Join(Split(Join(Split(rule.getFormula1(), "$"), ""), "'"), "")
  sheet = document.Sheets.getByName(Left(address, InStr(address, ".") - 1))
  area = sheet.getCellRangeByName(Mid(address, InStr(address, ".") + 1))
  found = ""
  For row = 0 To area.Rows.Count - 1
    If row > 0 Then found = found & Chr(9)
    found = found & area.getCellByPosition(0, row).String
  Next
  Choices = found
End Function

Sub Remark(sheet, cell, text)
  sheet.unprotect("")
  sheet.Annotations.insertNew(sheet.getCellRangeByName(cell).CellAddress, Join(Split(text, "\n"), Chr(10)))
End Sub

Function AsFilter(name, options)
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = name
  how(1).Name = "FilterOptions"
  how(1).Value = options
  AsFilter = how()
End Function

Function Hidden()
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden"
  how(0).Value = True
  Hidden = how()
End Function

Function AsExcel()
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = "Calc MS Excel 2007 XML"
  AsExcel = how()
End Function
"""

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" \
script:language="StarBasic">{code}</script:module>"""


def find_office() -> str:
    """Return the program; without it a test is skipped, but fails where everything is to be tested."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("LibreOffice is missing: apt-get install --no-install-recommends libreoffice-calc")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    return program


class Office:
    """LibreOffice with a profile of its own, so that nobody's settings count and nobody's are changed."""

    def __init__(self, folder: Path) -> None:
        self.program = find_office()
        self.folder = folder
        self._start("--terminate_after_init")  # the first start makes the profile, with one empty module
        code = MACRO.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        module = folder / "profile" / "user" / "basic" / "Standard" / "Module1.xba"
        module.write_text(MODULE.format(code=code), encoding="utf-8")

    def _start(self, *arguments: str) -> None:
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        command = [self.program, profile, "--headless", "--norestore", "--nologo", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)

    def run(self, steps: Sequence[Sequence[object]]) -> list[str]:
        r"""Take the steps in one go; return a line for each that asks.

        Steps: open FILE · type TAB CELL TEXT (``\n`` breaks a line) · unlock TAB · shown TAB CELL ·
        choices TAB CELL (divided by tabs) · sort TAB AREA PLACE · filter TAB AREA PLACE TEXT (the place of a
        column in the area, from 0) · answer TAB KEYS KEY COLUMN TEXT (in the row whose key begins so) ·
        hidden TAB FIRST:LAST (which rows are) · goto PLACE (tab and row) ·
        comment TAB CELL TEXT · export FILE FILTER OPTIONS · save FILE, which closes it.
        """
        job = self.folder / "job.txt"
        job.write_text("\n".join("\t".join(map(str, step)) for step in steps), encoding="utf-8")
        out = self.folder / "job.txt.out"
        out.unlink(missing_ok=True)
        self._start(f'macro:///Standard.Module1.Run("{job}")')
        return out.read_text(encoding="utf-8").split("\n")[:-1]
