@echo off
rem Windows: opens JupyterLab on the studies in the folder Sekom, or on the folder that is dropped on this file.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "sekom=%USERPROFILE%\Sekom\.program\Scripts\sekom.exe"
set "folder=%~1"
if not defined folder set "folder=%USERPROFILE%\Sekom"
if not exist "%sekom%" goto missing
"%sekom%" lab "%folder%"
if %errorlevel% neq 0 pause
goto :eof

:missing
echo Sekom är inte installerat här. Dubbelklicka på install.cmd i den uppackade mappen.
echo Sekom is not installed here. Double-click install.cmd in the unpacked folder.
pause
